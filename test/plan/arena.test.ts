/** Byte offsets: what the plan's text says, and packings whose best answer is known. */
import { describe, expect, test } from "vitest";
import { packArena } from "../../compiler/plan/arena.ts";
import type { Temporary } from "../../compiler/plan/buffers.ts";
import { planned } from "../support/stages.ts";

describe("lifetimes", () => {
  test("values that are never alive together share bytes", () => {
    expect(
      planned(`
        graph(x: f32[n,4]; a: f32[4,4], b: f32[4,4], c: f32[4,4], d: f32[4,2])
          p: f32[n,4] = matmul x a
          q: f32[n,4] = matmul p b
          r: f32[n,4] = matmul q c
          y: f32[n,2] = matmul r d
          return y`),
    ).toMatchInlineSnapshot(`
      "arena 192 bytes, at least 192 alive at once
        g.p  0..96  groups 0-1
        g.q  96..192  groups 1-2
        g.r  0..96  groups 2-3"
    `);
  });

  test("a value that is read at its own point for the last time is overwritten", () => {
    expect(
      planned(`
        graph(x: f32[n,4])
          e: f32[n,4] = exp x
          s: f32[n,1] = sum e axes=[1] keep=true
          y: f32[n,4] = div e s
          m: f32[4] = max y axes=[0] keep=false
          z: f32[n,4] = sub y m
          return z`),
    ).toMatchInlineSnapshot(`
      "arena 128 bytes, at least 128 alive at once
        g.e  0..96  groups 0-2
        g.s  96..120  groups 1-2
        g.y  0..96  groups 2-4  in place of g.e
        g.m  96..112  groups 3-4"
    `);
  });

  test("not where it is read at another point", () => {
    expect(
      planned(`
        graph(x: f32[3,3])
          e: f32[3,3] = exp x
          s: f32[3] = sum e axes=[0] keep=false
          t: f32[3,3] = transpose e permutation=[1,0]
          y: f32[3,3] = add t s
          m: f32[] = max y axes=[0,1] keep=false
          z: f32[3,3] = sub y m
          return z`),
    ).toMatchInlineSnapshot(`
      "arena 112 bytes, at least 112 alive at once
        g.e  0..36  groups 0-2
        g.s  96..108  groups 1-2
        g.y  48..84  groups 2-4
        g.m  0..4  groups 3-4"
    `);
  });

  test("a staged value stays until the copies", () => {
    expect(
      planned(`
        graph(x: f32[3,3]; w: f32[3,3])
          w1: f32[3,3] = matmul x w
          h: f32[3,3] = exp x
          y: f32[3,3] = matmul h x
          update w = w1
          return y`),
    ).toMatchInlineSnapshot(`
      "arena 96 bytes, at least 96 alive at once
        g.w1  0..36  groups 0-3
        g.h  48..84  groups 1-2
        copy g.w1 -> w"
    `);
  });
});

describe("packing", () => {
  test("nothing", () => {
    expect(packArena([])).toEqual({ offsets: new Map(), bytes: 0, lowerBoundBytes: 0 });
  });

  test("bytes are rounded up to 16", () => {
    expect(packArena([value("a", 4, 0, 1), value("b", 20, 0, 1)])).toMatchObject({ bytes: 48, lowerBoundBytes: 48 });
  });

  test("a value goes between two that are already placed", () => {
    const arena = packArena([value("a", 64, 0, 4), value("b", 32, 0, 1), value("c", 16, 1, 4), value("d", 32, 2, 4)]);
    expect([arena.bytes, arena.lowerBoundBytes]).toEqual([112, 112]);
  });

  test("what rises above the others is placed first the next time", () => {
    // First fit alone needs 176 bytes in every order that the packing starts from.
    const arena = packArena([value("a", 80, 2, 2), value("b", 48, 2, 5), value("c", 64, 4, 7), value("d", 48, 4, 4)]);
    expect([arena.bytes, arena.lowerBoundBytes]).toEqual([160, 160]);
  });
});

const value = (name: string, bytes: number, first: number, last: number): Temporary =>
  ({ buffer: { name }, bytes, first, last, inPlaceOf: undefined }) as unknown as Temporary;
