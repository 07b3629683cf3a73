export { NeuralNetwork } from "brain.js";
