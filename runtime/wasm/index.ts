/**
 * The vector functions that the compiler links into a module: it reads their compiled form, keeps what a kernel calls
 * and inlines it. They use no memory, table, global or import, and no lane's result depends on another lane.
 *
 *   asc --config asconfig.json --target release   ->   build/helpers.wasm with the exports below
 *
 * _f32x4 works on four f32, _f64x2 on two f64. Errors are in ulp of the exact result; each file states its own, as
 * measured by test/helpers.
 */
export { erf_f32x4, erf_f64x2 } from "./erf";
export { exp_f32x4, exp_f64x2 } from "./exp";
export { expm1_f32x4, expm1_f64x2 } from "./expm1";
export { log_f32x4, log_f64x2 } from "./log";
export { log1p_f32x4, log1p_f64x2 } from "./log1p";
export { pow_f32x4, pow_f64x2 } from "./pow";
export { sigmoid_f32x4, sigmoid_f64x2 } from "./sigmoid";
export { softplus_f32x4, softplus_f64x2 } from "./softplus";
export { tanh_f32x4, tanh_f64x2 } from "./tanh";
export { threefry2x32, uniform_f32x4, uniform_f64x2 } from "./threefry";
export { cos_f32x4, cos_f64x2, sin_f32x4, sin_f64x2 } from "./trig";
