// Exists only when the target CPU has AVX2 and FMA.
