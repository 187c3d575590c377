// Whether results can be written into a folder, by writing one as every command does.

import Diffusion
import Foundation

/// The line about the working folder.
enum FolderCheck {
  /// Creates, syncs, renames and removes a file.
  static func finding(of folder: String) -> Finding {
    let subject = "folder"
    // Nobody has a file of this name: nothing is replaced.
    let path = Path.join(folder, ".ddpm-doctor-\(UUID().uuidString)")
    defer { unlink(path) }
    let here = FileManager.default.currentDirectoryPath
    // It has no path where somebody has removed it.
    let shown = here.isEmpty ? folder : here
    do {
      try AtomicFile.write([UInt8](repeating: 0, count: written), to: path)
    } catch {
      return .obstacle(
        subject, FileError(path: shown, error.reason),
        wayOut: "go to a folder that you may write to and that has room, or name one with --out")
    }
    guard unlink(path) == 0 else {
      return .obstacle(
        subject, FileError(path: shown, .unwritable(errno)),
        wayOut: "go to a folder in which files can be removed, too")
    }
    let free = freeBytes(folder).map { ", \(AvailableMemory.text($0)) free" } ?? ""
    return Finding(
      subject, "\(shown): a file was created, synced, renamed and removed\(free)")
  }

  /// More than one block of any file system, so that a full one shows.
  private static let written = 65_536

  private static func freeBytes(_ folder: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
  }
}
