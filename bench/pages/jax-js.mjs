export { defaultDevice, init, jit, nn, numpy, tree, valueAndGrad } from "@jax-js/jax";
