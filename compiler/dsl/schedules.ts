/**
 * Learning-rate schedules: a rate for each step, computed inside the module from its own count of steps, so that a run that
 * resumes goes on where it stopped. A rate that stays is a number.
 *
 *   optimizer: adam({ rate: cosine({ from: 1e-3, steps: 5000, warmup: 200 }) })
 */
export * from "./schedules/cosine.ts";
export * from "./schedules/decay.ts";
export { type Plateau, type PlateauOptions, plateau } from "./schedules/plateau.ts";
export type { Rate, Schedule } from "./schedules/schedule.ts";
