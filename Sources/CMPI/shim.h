// MPI's few functions that ranks need, with its macros inside: those do not import into Swift.

#include <sched.h>
#include <stdio.h>
#include <time.h>

#if __has_include(<mpi.h>)
#include <mpi.h>
#elif __has_include(<mpi/mpi_proto.h>)
// Debian's MPICH: its mpi.h would look for the other one outside the folder that it lies in.
#define MPICH_SUPPRESS_PROTOTYPES
#include <mpi/mpi.h>
#include <mpi/mpi_proto.h>
#elif __has_include(<mpi/mpi.h>)
#include <mpi/mpi.h>
#else
#error "mpi.h is missing: install Open MPI (apt install libopenmpi-dev, dnf install openmpi-devel, brew install open-mpi) or MPICH, or name its folder with -Xcc -I"
#endif

/// Begins the job; threads take turns to communicate.
static inline int ddpm_mpi_begin(void) {
  int provided;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
  if (code == MPI_SUCCESS && provided < MPI_THREAD_SERIALIZED) {
    fputs("ddpm: this MPI was built without threads (MPI_THREAD_SERIALIZED): take another\n", stderr);
    MPI_Abort(MPI_COMM_WORLD, 69);
  }
  return code;
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

/// What is being sent or received: a pointer in Open MPI, a number in MPICH, and in Swift the same.
typedef struct {
  MPI_Request request;
} ddpm_mpi_request;

/// Begins to send bytes, which must stay until the request is done.
static inline ddpm_mpi_request ddpm_mpi_send(const void *bytes, int count, int receiver) {
  ddpm_mpi_request sent;
  MPI_Isend(bytes, count, MPI_BYTE, receiver, 0, MPI_COMM_WORLD, &sent.request);
  return sent;
}

/// Begins to receive bytes, which are there when the request is done.
static inline ddpm_mpi_request ddpm_mpi_receive(void *bytes, int count, int sender) {
  ddpm_mpi_request received;
  MPI_Irecv(bytes, count, MPI_BYTE, sender, 0, MPI_COMM_WORLD, &received.request);
  return received;
}

/// Waits for requests. MPI's own waiting takes a whole core, which others compute on: this one looks less
/// often the longer it has waited, and is late by a small share of that.
static inline void ddpm_mpi_wait(ddpm_mpi_request *requests, int count) {
  const double patience = 1e-3, share = 0.02, longest = 0.01;
  const double begun = MPI_Wtime();
  int done = 0;
  while (MPI_Testall(count, &requests->request, &done, MPI_STATUSES_IGNORE) == MPI_SUCCESS && !done) {
    const double waited = MPI_Wtime() - begun;
    if (waited < patience) {
      sched_yield();
    } else {
      const double pause = share * waited < longest ? share * waited : longest;
      const struct timespec time = {.tv_sec = 0, .tv_nsec = (long)(1e9 * pause)};
      nanosleep(&time, NULL);
    }
  }
}

static inline int ddpm_mpi_end(void) { return MPI_Finalize(); }
