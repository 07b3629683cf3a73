/**
 * What the page lets its reader choose, in the order of its menus: plain data, shared by the build and the page.
 *
 *   { task: "digits", network: "one", activation: "relu", optimizer: "adam" }  ->  "digits one relu adam"
 */

/** A menu: what a choice is called in code, and how the page names it. */
type Menu = Readonly<Record<string, string>>;

export const activations = { relu: "ReLU", tanh: "tanh", sigmoid: "sigmoid" } satisfies Menu;

export const optimizers = { adam: "Adam", momentum: "momentum", sgd: "SGD" } satisfies Menu;

/** The names say the units of each layer. */
export const networks = {
  digits: { one: "784-32-10", two: "784-32-32-10", convolution: "5x5 filters, 10", none: "784-10" },
  plane: { two: "2-16-16-1", one: "2-8-1" },
} satisfies Record<string, Menu>;

export type Task = keyof typeof networks;

export interface Choice {
  readonly task: Task;
  readonly network: string;
  readonly activation: keyof typeof activations;
  readonly optimizer: keyof typeof optimizers;
}

/** Learning rates that suit the optimiser, the first of which a fresh network starts with. */
export const rates: Readonly<Record<Task, Readonly<Record<Choice["optimizer"], number>>>> = {
  digits: { adam: 0.003, momentum: 0.03, sgd: 0.1 },
  plane: { adam: 0.01, momentum: 0.1, sgd: 0.3 },
};

const names = <T extends object>(menu: T) => Object.keys(menu) as (keyof T & string)[];

/** One layer has no activation: its variants with different ones would be the same network. */
export const hasActivation = ({ network }: Pick<Choice, "network">): boolean => network !== "none";

export const variantName = (choice: Choice): string =>
  [choice.task, choice.network, hasActivation(choice) ? choice.activation : "-", choice.optimizer].join(" ");

/** Every network that the page can open; neighbours differ least, which the pack profits from. */
export const variants: readonly Choice[] = names(networks).flatMap((task) =>
  names(networks[task]).flatMap((network) =>
    names(activations)
      .filter((activation) => hasActivation({ network }) || activation === "relu")
      .flatMap((activation) => names(optimizers).map((optimizer) => ({ task, network, activation, optimizer }))),
  ),
);
