// @ts-check
/** A lock between processes: a folder, because making one is atomic everywhere. */
import { mkdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { say } from "../progress.mjs";

const BEAT_MS = 2_000;
/** A lock that has not been touched for so long belongs to a process that was killed. */
const STALE_MS = 15_000;

/**
 * Runs `work` while no other process runs its work under the same path. A lock left by a killed process is taken over;
 * should two waiters do so in the same instant both run, so the work itself must bear that.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {{ beatMs: number, staleMs: number }} [times]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, times = { beatMs: BEAT_MS, staleMs: STALE_MS }) {
  let told = false;
  while (!take(path)) {
    if (!told) say("Another process is building the control plane: waiting for it");
    told = true;
    if (age(path) > times.staleMs) rmSync(path, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, Math.min(500, times.beatMs)));
  }
  const beat = setInterval(() => touch(path), times.beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
function take(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {number} milliseconds since the owner's last sign of life; 0 when the lock has just gone
 */
function age(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs;
}

/** @param {string} path */
function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Somebody removed it; the work goes on, for its result is put in place in one move.
  }
}
