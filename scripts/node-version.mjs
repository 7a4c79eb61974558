// @ts-check
/** Import it first: the process ends with one clear line when it runs on another Node than the one we develop with. */

export const NODE_MAJOR = 26;

/**
 * @param {string} version as process.version says it, e.g. "v26.10.0"
 * @returns {string | undefined} the complaint
 */
export function wrongNode(version) {
  if (Number(version.slice(1).split(".")[0]) === NODE_MAJOR) return undefined;
  return `This needs Node ${NODE_MAJOR} and runs on ${version}: use npm start, npm test or npm run, which bring it along.`;
}

const complaint = wrongNode(process.version);
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
