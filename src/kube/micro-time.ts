/** How leases and Events say when. */

/** metav1.MicroTime: the API server takes exactly six digits of a second. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
