/** Which fields a schema of a CRD has. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Dotted paths of what stands below spec and status, the items of lists included. */
export function fieldsOf({ properties = {} }: Schema): readonly string[] {
  return ["spec", "status"].flatMap((part) => pathsOf(properties[part] ?? {}, part));
}

function pathsOf({ properties = {}, items }: Schema, at: string): readonly string[] {
  const below = Object.entries(properties).flatMap(([name, schema]) => [
    `${at}.${name}`,
    ...pathsOf(schema, `${at}.${name}`),
  ]);
  return items === undefined ? below : [...below, ...pathsOf(items, at)];
}
