// Matrix products of libtorch by oneDNN.
//
// Debian's libtorch takes them from the system's BLAS library, which is the
// reference implementation unless another was installed: a vision transformer
// then needs seconds for an image. A function of this name in the program
// itself comes before the library's.
#include "base/error.h"

#include <ATen/Config.h>
#include <oneapi/dnnl/dnnl.h>

// Other libtorchs bring MKL, and a oneDNN of their own that must not meet ours.
#if !AT_MKL_ENABLED()

// The interface of BLAS: column-major, everything by pointer.
extern "C" void sgemm_(const char* transpose_a, const char* transpose_b,
                       const int* m, const int* n, const int* k,
                       const float* alpha, const float* a, const int* lda,
                       const float* b, const int* ldb, const float* beta,
                       float* c, const int* ldc);

void sgemm_(const char* transpose_a, const char* transpose_b, const int* m,
            const int* n, const int* k, const float* alpha, const float* a,
            const int* lda, const float* b, const int* ldb, const float* beta,
            float* c, const int* ldc) {
  // Row-major, the transposed product is the product the other way round.
  const dnnl_status_t status =
      dnnl_sgemm(*transpose_b, *transpose_a, *n, *m, *k, *alpha, b, *ldb, a,
                 *lda, *beta, c, *ldc);
  if (status != dnnl_success)
    imsearch::fail("network: oneDNN: matrix product: status {}",
                   static_cast<int>(status));
}

#endif
