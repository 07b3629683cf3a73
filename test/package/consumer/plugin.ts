/** Every export of "nabla/plugin". */
import nabla, * as p from "nabla/plugin";

const options: p.PluginOptions = { inline: 100, types: false };
export const rolling: p.RollupPlugin[] = [p.vite(options), p.rollup(), p.rolldown(), nabla.vite()];
export const packing: p.WebpackPlugin[] = [p.webpack(), p.rspack(options)];
export const esbuild: p.EsbuildPlugin = p.esbuild();
// @ts-expect-error an option of the wrong kind
nabla.vite({ inline: "small" });
// @ts-expect-error an option that there is not
nabla.vite({ inlined: 3 });
