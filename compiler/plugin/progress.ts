/** Lines about training in a build's output: ten in all, however many epochs there are. */
import type { EpochReport } from "../../runtime/index.ts";
import { loss } from "../tasks/quantities.ts";

/** "epoch 20/50, loss 0.2134", or undefined for an epoch that is passed over. */
export function progressLine({ epoch, loss: mean }: EpochReport, epochs: number): string | undefined {
  const every = Math.ceil(epochs / 10);
  return (epoch + 1) % every === 0 ? `epoch ${epoch + 1}/${epochs}, loss ${loss(mean)}` : undefined;
}
