/**
 * What wasm2c's code expects of its runtime header, wasm-rt.h, cut down to what a Nabla module can use: one memory, static
 * and as large as the network needs; no allocation, no threads, no signal handlers. The types of tables are there because
 * wasm2c's preamble names them.
 */

/** Goes before the code of wasm2c. `memoryBytes`: of states, inputs, outputs, constants and arena together. */
export const runtimeOf = (memoryBytes: number): string => `
#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "Compile without -ffast-math: it changes results."
#endif
#if FLT_EVAL_METHOD != 0
#error "float and double must be computed as such; on 32-bit x86: -msse2 -mfpmath=sse"
#endif
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "For little-endian machines only."
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-value"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#endif
#ifndef __has_builtin
#define __has_builtin(x) 0
#endif

#define WABT_BIG_ENDIAN 0
#define WASM_RT_USE_SEGUE 0
#define WASM_RT_STACK_DEPTH_COUNT 0
#define WASM_RT_SANITY_CHECKS 0
/* Nabla has proved every access to lie inside the memory; -DNABLA_BOUNDS_CHECKS checks each once more. */
#ifdef NABLA_BOUNDS_CHECKS
#define WASM_RT_MEMCHECK_GUARD_PAGES 0
#else
#define WASM_RT_MEMCHECK_GUARD_PAGES 1
#endif
#define wasm_rt_memcpy memcpy

typedef enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64 } wasm_rt_type_t;
typedef const char *wasm_rt_func_type_t;
typedef void (*wasm_rt_function_ptr_t)(void);
typedef struct wasm_rt_tailcallee_t {
  void (*fn)(void **, void *, struct wasm_rt_tailcallee_t *);
} wasm_rt_tailcallee_t;
typedef struct {
  wasm_rt_func_type_t func_type;
  wasm_rt_function_ptr_t func;
  wasm_rt_tailcallee_t func_tailcallee;
  void *module_instance;
} wasm_rt_funcref_t;
typedef void *wasm_rt_externref_t;
typedef struct { wasm_rt_funcref_t *data; uint32_t max_size, size; } wasm_rt_funcref_table_t;
typedef struct { wasm_rt_externref_t *data; uint32_t max_size, size; } wasm_rt_externref_table_t;
static const wasm_rt_funcref_t wasm_rt_funcref_null_value;
static const wasm_rt_externref_t wasm_rt_externref_null_value;

typedef struct { uint64_t size; } wasm_rt_memory_t;

/* A union, so that C allows floats and integers to be read and written in it. */
static union {
  uint8_t bytes[${memoryBytes}];
  int32_t i32[${memoryBytes / 4}];
  float f32[${memoryBytes / 4}];
  double f64[${memoryBytes / 8}];
} nabla_memory;

#define WASM_RT_TRAP_OOB 1
#define WASM_RT_TRAP_INT_OVERFLOW 2
#define WASM_RT_TRAP_DIV_BY_ZERO 3
#define WASM_RT_TRAP_INVALID_CONVERSION 4
#define WASM_RT_TRAP_UNREACHABLE 5
#define WASM_RT_TRAP_CALL_INDIRECT 6
static void wasm_rt_trap(int code) { (void)code; abort(); }
static bool wasm_rt_is_initialized(void) { return true; }
static void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint64_t pages, uint64_t most, bool is64, uint32_t page) {
  (void)pages, (void)most, (void)is64, (void)page;
  memory->size = sizeof nabla_memory;
}
static void wasm_rt_free_memory(wasm_rt_memory_t *memory) { (void)memory; }
`;
