// MPI's few functions that ranks need, with its macros inside: those do not import into Swift.

#if __has_include(<mpi.h>)
#include <mpi.h>
#elif __has_include(<mpi/mpi.h>)
#include <mpi/mpi.h>
#else
#error "mpi.h is missing: install Open MPI (apt install libopenmpi-dev, dnf install openmpi-devel, brew install open-mpi) or MPICH, or name its folder with -Xcc -I"
#endif

/// Begins the job; only the main thread will communicate.
static inline int ddpm_mpi_begin(void) {
  int provided;
  return MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
}

static inline int ddpm_mpi_rank(void) {
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

static inline int ddpm_mpi_count(void) {
  int count;
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  return count;
}

/// Sends to one rank while it receives from another; a negative rank is none.
static inline int ddpm_mpi_exchange(
    const void *sent, int sent_bytes, int receiver, void *received, int received_bytes, int sender) {
  return MPI_Sendrecv(
      sent, receiver < 0 ? 0 : sent_bytes, MPI_BYTE, receiver < 0 ? MPI_PROC_NULL : receiver, 0,
      received, sender < 0 ? 0 : received_bytes, MPI_BYTE, sender < 0 ? MPI_PROC_NULL : sender, 0,
      MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static inline int ddpm_mpi_end(void) { return MPI_Finalize(); }
