/**
 * The memory of one function: its buffers, its arena, and in the arena a room for what each loop needs in a turn. The body of a
 * loop is planned as a function is; what it reads and gives lies where its loop's inputs and results do.
 */
import type { Group } from "../fuse/groups.ts";
import type { Schedule } from "../fuse/schedule.ts";
import { inputOf, resultOf } from "../graph/body.ts";
import { isConstant, isNumber } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { bytesPerElement, isFloat } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import { type Arena, packArena } from "./arena.ts";
import { type Around, type Assignment, assignBuffers, type Temporary } from "./buffers.ts";
import type { BufferPlace } from "./place.ts";

export interface PlannedFunction {
  readonly schedule: Schedule;
  readonly assignment: Assignment;
  readonly arena: Arena;
  readonly bodies: ReadonlyMap<Group, PlannedBody>;
}

export interface PlannedBody extends PlannedFunction {
  /** Its arena, a buffer of that of the function around. */
  readonly room: LoopBuffer;
}

export function planFunction(schedule: Schedule, batch: number, around?: Around): PlannedFunction {
  const assignment = assignBuffers(schedule, batch, around);
  const name = around?.name ?? schedule.fused.graph.name;
  const rooms: Temporary[] = [];
  const bodies = new Map<Group, PlannedBody>();
  schedule.groups.forEach((group, position) => {
    const body = schedule.bodies.get(group);
    if (body === undefined || group.stored.length === 0) return;
    const own = aroundBody(`${name}.loop${group.index}`, group, assignment);
    const planned = planFunction(body, batch, own);
    const { bytes } = planned.arena;
    const [node] = group.nodes;
    const dtype = isFloat(node!.type.dtype) ? node!.type.dtype : "f32";
    const room = { name: own.name, dtype, elementCount: bytes / bytesPerElement(dtype) };
    bodies.set(group, { ...planned, room });
    if (bytes > 0)
      rooms.push({ buffer: room, node: node!, bytes, first: position, last: position, inPlaceOf: undefined });
  });
  return { schedule, assignment, bodies, arena: packArena([...assignment.temporaries, ...rooms]) };
}

/** What the body of a loop finds where its results and inputs lie. */
function aroundBody(name: string, { nodes }: Group, { buffersOf, leaves }: Assignment): Around {
  const [loop] = nodes as [Node];
  const { states, inputs, outputs } = loop.op.body!.graph;
  const resultAt = (at: number): LoopBuffer | undefined => {
    const node = nodes.find((one) => resultOf(one) === at);
    return node && buffersOf.get(node)![0];
  };
  const given = inputs.filter((leaf) => !isNumber(inputOf(loop, leaf)));
  const bufferOf = (node: Node): LoopBuffer => buffersOf.get(node)?.[0] ?? leaves.get(node)!;
  return {
    name,
    leaves: new Map([
      ...states.flatMap((leaf, at): [Node, LoopBuffer][] => {
        const last = resultAt(at);
        return last ? [[leaf, last]] : [];
      }),
      ...given.map((leaf): [Node, LoopBuffer] => [leaf, bufferOf(inputOf(loop, leaf))]),
    ]),
    outputs: new Map(outputs.map((output, at) => [output.name, resultAt(states.length + at)!])),
  };
}

/** Everything that lies in the arena, in bytes from its start. */
export function placesInArena({ assignment, arena, bodies }: PlannedFunction): BufferPlace[] {
  const own = assignment.temporaries.map(({ buffer }) => ({ buffer, byteOffset: arena.offsets.get(buffer)! }));
  const inner = [...bodies.values()].flatMap((body) => {
    const start = arena.offsets.get(body.room) ?? 0;
    return placesInArena(body).map(({ buffer, byteOffset }) => ({ buffer, byteOffset: start + byteOffset }));
  });
  return [...own, ...inner];
}

/** The buffers of constants, those of bodies too. */
export const constantsOf = ({ assignment, bodies }: PlannedFunction): [Node, LoopBuffer][] => [
  ...[...assignment.leaves].filter(([leaf]) => isConstant(leaf)),
  ...[...bodies.values()].flatMap(constantsOf),
];
