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

    func exchange(
      _ bytes: [UInt8], to receiver: Int?, from sender: Int?, count: Int
    ) -> [UInt8] {
      var received = [UInt8](repeating: 0, count: sender == nil ? 0 : count)
      var (sent, got) = (0, 0)
      repeat {
        let out = min(MPIRanks.largest, receiver == nil ? 0 : bytes.count - sent)
        let into = min(MPIRanks.largest, received.count - got)
        bytes.withUnsafeBytes { source in
          received.withUnsafeMutableBytes { target in
            // A null address with a count of 0 is what MPI takes for nothing.
            _ = ddpm_mpi_exchange(
              source.baseAddress.map { $0 + sent }, Int32(out), Int32(receiver ?? -1),
              target.baseAddress.map { $0 + got }, Int32(into), Int32(sender ?? -1))
          }
        }
        (sent, got) = (sent + out, got + into)
      } while sent < (receiver == nil ? 0 : bytes.count) || got < received.count
      return received
    }
  }
#endif
