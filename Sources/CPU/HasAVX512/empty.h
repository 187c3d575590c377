// Exists only when the target CPU has AVX-512F.
