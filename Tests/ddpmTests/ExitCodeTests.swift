// Errors and the documented codes they end the program with.

import Diffusion
import Testing
import ddpm

@Suite struct ExitCodeTests {
  @Test(
    arguments: zip(
      [
        .missing, .invalid("not an IDX file"), .unreadable(5), .unreadable(13), .uncreatable(13),
        .unwritable(28),
      ] as [FileError.Reason], [66, 65, 74, 74, 73, 74] as [Int32]))
  func fileErrorsEndByTheirReason(reason: FileError.Reason, code: Int32) {
    #expect(ExitCode(FileError(path: "x", reason)).rawValue == code)
  }

  @Test func otherErrorsHaveTheirCodes() {
    struct Unforeseen: Error {}
    #expect(ExitCode(UsageError("no")).rawValue == 64)
    #expect(ExitCode(UnsupportedCPU(missing: ["avx2"])).rawValue == 69)
    #expect(ExitCode(Unforeseen()).rawValue == 70)
    #expect(ExitCode(ExitCode.interrupted).rawValue == 130)
    #expect(ExitCode(RunFolderError.occupied(path: "x")).rawValue == 73)
    #expect(ExitCode(RunFolderError.holdsParts(path: "x")).rawValue == 73)
    #expect(ExitCode(RunFolderError.busy(path: "x")).rawValue == 75)
    #expect(ExitCode(RunFolderError.empty(path: "x")).rawValue == 66)
  }

  @Test func theCodesAreTheDocumentedOnes() {
    let codes = ExitCode.allCases.map(\.rawValue)
    #expect(codes == [0, 64, 65, 66, 69, 70, 73, 74, 75, 130, 143])
  }
}
