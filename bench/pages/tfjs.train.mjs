import "@tensorflow/tfjs-core/dist/register_all_gradients.js";

export { add, losses, matMul, oneHot, relu, train, variable } from "@tensorflow/tfjs-core";
export * from "./tfjs.mjs";
