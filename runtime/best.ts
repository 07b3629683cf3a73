/**
 * Early stopping: keeps the parameters of the epoch with the lowest validation loss, and says when it has not fallen for long.
 *
 *   const best = keepBest(net, { patience: 5 });
 *   await train(net, data, { ..., validation, onEpoch: ({ epoch, validation }) => best.see(epoch, validation.loss) });
 *   best.restore();                        // the parameters of best.found.epoch
 */
import { checkOptions, finite, integer, optional } from "./kinds.ts";
import type { Tensor } from "./port.ts";

export interface StoppingSettings {
  /** Epochs in a row without a better loss after which to stop, 1 or more. */
  readonly patience: number;
  /** How much lower a loss must be to count as better; 0 unless said. */
  readonly minDelta?: number;
}

export interface Best {
  /** 0 for the first. */
  readonly epoch: number;
  readonly loss: number;
  /** Epochs since. */
  readonly waited: number;
  readonly parameters: Readonly<Record<string, Tensor>>;
}

export interface BestKeeper {
  /** The best so far; undefined before the first epoch. */
  readonly found: Best | undefined;
  /** Whether `patience` epochs have passed without a better one. */
  readonly isOver: boolean;
  /** Takes the loss of an epoch; "stop", for `train`, where it is time. A loss that is NaN is never better. */
  see(epoch: number, loss: number): "stop" | undefined;
  /** Gives the net the best parameters; leaves it as it is where there are none. */
  restore(): void;
}

/** `earlier`: of the run that this one goes on with. Throws a RangeError for a patience below 1. */
export function keepBest(
  { parameters }: { readonly parameters: Record<string, Tensor> },
  settings: StoppingSettings,
  earlier?: Best,
): BestKeeper {
  checkOptions<StoppingSettings>("keepBest", settings, { patience: integer(1), minDelta: optional(finite) });
  const { patience, minDelta = 0 } = settings;
  let found = earlier;
  const isOver = () => found !== undefined && found.waited >= patience;
  return {
    get found() {
      return found;
    },
    get isOver() {
      return isOver();
    },
    see(epoch, loss) {
      if (found ? loss < found.loss - minDelta : !Number.isNaN(loss))
        found = { epoch, loss, waited: 0, parameters: copyOf(parameters) };
      else if (found) found = { ...found, waited: found.waited + 1 };
      return isOver() ? "stop" : undefined;
    },
    restore() {
      for (const [name, values] of Object.entries(found?.parameters ?? {})) parameters[name] = values;
    },
  };
}

const copyOf = (tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, values.slice()]));
