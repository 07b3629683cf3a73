/**
 * A checkpoint that is refused: which file, why, and where an older one lies.
 *
 *   digits.safetensors checkpoint/truncated
 *     expected 1024 bytes of data, got 1000
 *     The one written before it is there: digits.safetensors.previous
 */
export interface CheckpointFault {
  /** "checkpoint/..."; stable, for programs. */
  readonly code: string;
  readonly file: string;
  readonly reason: string;
  readonly hint?: string | undefined;
}

export class CheckpointError extends Error {
  readonly code: string;
  readonly file: string;
  readonly reason: string;
  readonly hint: string | undefined;

  constructor({ code, file, reason, hint }: CheckpointFault) {
    super(`${file} ${code}\n  ${reason}${hint ? `\n  ${hint}` : ""}`);
    this.name = "CheckpointError";
    this.code = code;
    this.file = file;
    this.reason = reason;
    this.hint = hint;
  }
}
