// The compiler's own names for the CPU's instructions.
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/// Starts to fetch a cache line into all caches, to be read.
__attribute__((always_inline)) static inline void prefetchLine(const void *address) {
  __builtin_prefetch(address, 0, 3);
}
