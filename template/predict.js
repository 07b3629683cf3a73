/** Asks the network that `npm run build` wrote. It has no dependency: out/ alone can be put on a web page. */
import { load } from "./out/iris.js";

const net = await load();
const labels = net.manifest.outputs[0]?.labels ?? [];
const { logits } = net.infer({ measurements: [5.1, 3.5, 1.4, 0.2] });
console.log(labels[logits.indexOf(Math.max(...logits))]);
