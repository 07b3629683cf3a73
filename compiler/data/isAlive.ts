/** Whether a process of that number is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Of another user's process the system says only that it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
