// Sizes that files claim, multiplied without a trap.

extension Sequence<Int> {
  /// The product of the elements, 1 for none; nil where it does not fit an Int.
  package var checkedProduct: Int? {
    var product = 1
    for factor in self {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      product = next
    }
    return product
  }
}
