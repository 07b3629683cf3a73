export { add, losses, matMul, oneHot, relu, train, variable } from "@tensorflow/tfjs-core";
export * from "./tfjs.mjs";
