// The compiler's own names for the CPU's instructions.
#if defined(__x86_64__)
#include <immintrin.h>
#endif
