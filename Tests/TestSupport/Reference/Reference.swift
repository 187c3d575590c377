// Slow references for the kernels: plain loops over arrays of Double, written from the formulas.

/// What the fast kernels are compared with.
package enum Reference {}
