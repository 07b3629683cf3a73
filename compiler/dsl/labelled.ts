/** Models without a file that is read, such as those made of another program's: places that are no lines, and names that are no bindings. */
import { currentOrigin, withOrigin } from "../graph/origin.ts";

/**
 * Runs `body` with a label for where its values come from, for front ends that no source file speaks for: errors, pictures and
 * tables say the label where they would say a file and a line. `name` stands for the binding, in names of parameters and of
 * values: `labelled("Gemm fc1 of net.onnx", () => dense(x, 16), "fc1")` makes fc1.weight and fc1.bias.
 */
export const labelled = <T>(label: string, body: () => T, name?: string): T =>
  withOrigin({ label, binding: name, outer: currentOrigin() }, body);
