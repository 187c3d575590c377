// The features of x86 CPUs that a compiler may use: those a build uses, and those this CPU has.
//
// What the compiler may use depends on the flags of the module that imports this header; whether the CPU has
// it does not. Neither function has an instruction that is not in every CPU.
#ifdef __x86_64__
#include <string.h>
#endif

/// The names of the features of the CPU that the importing module is compiled for, a space between two.
static inline const char *compiledFeatures(void) {
  return ""
#ifdef __SSE3__
         " sse3"
#endif
#ifdef __SSSE3__
         " ssse3"
#endif
#ifdef __SSE4_1__
         " sse4.1"
#endif
#ifdef __SSE4_2__
         " sse4.2"
#endif
#ifdef __POPCNT__
         " popcnt"
#endif
#ifdef __LZCNT__
         " lzcnt"
#endif
#ifdef __MOVBE__
         " movbe"
#endif
#ifdef __BMI__
         " bmi"
#endif
#ifdef __BMI2__
         " bmi2"
#endif
#ifdef __F16C__
         " f16c"
#endif
#ifdef __FMA__
         " fma"
#endif
#ifdef __AVX__
         " avx"
#endif
#ifdef __AVX2__
         " avx2"
#endif
#ifdef __GFNI__
         " gfni"
#endif
#ifdef __VAES__
         " vaes"
#endif
#ifdef __VPCLMULQDQ__
         " vpclmulqdq"
#endif
#ifdef __AVXVNNI__
         " avxvnni"
#endif
#ifdef __AVX512F__
         " avx512f"
#endif
#ifdef __AVX512CD__
         " avx512cd"
#endif
#ifdef __AVX512BW__
         " avx512bw"
#endif
#ifdef __AVX512DQ__
         " avx512dq"
#endif
#ifdef __AVX512VL__
         " avx512vl"
#endif
#ifdef __AVX512IFMA__
         " avx512ifma"
#endif
#ifdef __AVX512VBMI__
         " avx512vbmi"
#endif
#ifdef __AVX512VBMI2__
         " avx512vbmi2"
#endif
#ifdef __AVX512VNNI__
         " avx512vnni"
#endif
#ifdef __AVX512BITALG__
         " avx512bitalg"
#endif
#ifdef __AVX512VPOPCNTDQ__
         " avx512vpopcntdq"
#endif
#ifdef __AVX512VP2INTERSECT__
         " avx512vp2intersect"
#endif
#ifdef __AVX512BF16__
         " avx512bf16"
#endif
#ifdef __AVX512FP16__
         " avx512fp16"
#endif
      ;
}

/// 1 if this CPU and its system have a feature, 0 if not, -1 for a name that is not one of those above.
static inline int cpuHas(const char *feature) {
#ifdef __x86_64__
  __builtin_cpu_init();
#define ANSWER(name) \
  if (strcmp(feature, name) == 0) return __builtin_cpu_supports(name) != 0
  ANSWER("sse3");
  ANSWER("ssse3");
  ANSWER("sse4.1");
  ANSWER("sse4.2");
  ANSWER("popcnt");
  ANSWER("lzcnt");
  ANSWER("movbe");
  ANSWER("bmi");
  ANSWER("bmi2");
  ANSWER("f16c");
  ANSWER("fma");
  ANSWER("avx");
  ANSWER("avx2");
  ANSWER("gfni");
  ANSWER("vaes");
  ANSWER("vpclmulqdq");
  ANSWER("avxvnni");
  ANSWER("avx512f");
  ANSWER("avx512cd");
  ANSWER("avx512bw");
  ANSWER("avx512dq");
  ANSWER("avx512vl");
  ANSWER("avx512ifma");
  ANSWER("avx512vbmi");
  ANSWER("avx512vbmi2");
  ANSWER("avx512vnni");
  ANSWER("avx512bitalg");
  ANSWER("avx512vpopcntdq");
  ANSWER("avx512vp2intersect");
  ANSWER("avx512bf16");
  ANSWER("avx512fp16");
#undef ANSWER
#endif
  return -1;
}
