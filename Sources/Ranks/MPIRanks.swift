// Ranks that MPI has started, where the program was built with the trait MPI.

import Foundation

#if MPI
  internal import CMPI
#endif

/// The ranks of the job that this process was started for.
public enum Job {
  /// Joins the job: MPI's where `mpirun` or a batch system started this process, else one of this process
  /// alone.
  public static func join() -> any Communicator {
    #if MPI
      let environment = ProcessInfo.processInfo.environment
      if marks.contains(where: { environment[$0] != nil }), ddpm_mpi_begin() == 0 {
        return MPIRanks(rank: Int(ddpm_mpi_rank()), count: Int(ddpm_mpi_count()))
      }
    #endif
    return OneRank()
  }

  /// What the launchers of Open MPI and MPICH set for each process.
  private static let marks = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"]

  /// Leaves the job, once all that was to be said is said; all ranks do.
  ///
  /// - Parameter ranks: the job's.
  public static func leave(_ ranks: any Communicator) {
    #if MPI
      if ranks is MPIRanks { _ = ddpm_mpi_end() }
    #endif
  }
}

#if MPI
  /// The ranks of MPI_COMM_WORLD. MPI's own errors end the job, with a message.
  private struct MPIRanks: Communicator {
    let rank: Int
    let count: Int

    /// More bytes than this are sent in several messages: MPI counts in 32 bits.
    private static let largest = 1 << 30

    func exchange(_ bytes: [UInt8], sent: [Int], received: [Int]) -> [UInt8] {
      let (sources, targets) = (starts(sent), starts(received))
      precondition(
        sources[count] == bytes.count && sent[rank] == received[rank],
        "\(bytes.count) bytes for parts of \(sent), \(received[rank]) for this rank itself")
      var result = [UInt8](repeating: 0, count: targets[count])
      let own = sources[rank]..<sources[rank + 1]
      result.replaceSubrange(targets[rank]..<targets[rank + 1], with: bytes[own])
      bytes.withUnsafeBytes { source in
        result.withUnsafeMutableBytes { target in
          var requests: [ddpm_mpi_request] = []
          // Each rank begins with the one after it, so that not all send to the same one first.
          for round in 1..<count {
            let (to, from) = ((rank + round) % count, (rank - round + count) % count)
            for piece in pieces(targets[from]..<targets[from + 1]) {
              requests.append(
                ddpm_mpi_receive(
                  target.baseAddress.map { $0 + piece.lowerBound }, Int32(piece.count),
                  Int32(from)))
            }
            for piece in pieces(sources[to]..<sources[to + 1]) {
              requests.append(
                ddpm_mpi_send(
                  source.baseAddress.map { $0 + piece.lowerBound }, Int32(piece.count), Int32(to)))
            }
          }
          ddpm_mpi_wait(&requests, Int32(requests.count))
        }
      }
      return result
    }

    /// Where parts of some lengths begin, one after the other, and where the last one ends.
    private func starts(_ counts: [Int]) -> [Int] {
      counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    }

    /// The messages that some bytes are sent in.
    private func pieces(_ bytes: Range<Int>) -> [Range<Int>] {
      stride(from: bytes.lowerBound, to: bytes.upperBound, by: Self.largest).map {
        $0..<min($0 + Self.largest, bytes.upperBound)
      }
    }
  }
#endif
