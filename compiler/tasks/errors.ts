/**
 * Errors that the user can mend, as the command line makes them. Those of the model, the data and the checkpoints have
 * classes of their own: CompileError, DataError, CheckpointError.
 *
 *   throw new UserError("the loss is NaN at step 12: expected a finite number");   message on stderr, exit code 1
 */

/** The message says where, expected, got and what to do. */
export class UserError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UserError";
  }
}

/** A command line that cannot be meant as it stands. */
export class UsageError extends UserError {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
