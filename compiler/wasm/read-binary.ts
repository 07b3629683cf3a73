/** A module's bytes as Binaryen's module, with the features that they need. */
import binaryen from "binaryen";

/** Binaryen's declarations name this readBinaryWithFeatures, a function that it does not have. */
export const readBinary = binaryen.readBinary as (bytes: Uint8Array, features: number) => binaryen.Module;
