/** Objects from manifests instead of a cluster: they live in memory, and so do their status and finalizers. */
import { FINALIZER, type Kind } from "../api/names.ts";
import type { AnyObject, ObjectKey } from "../api/objects.ts";
import { ObjectIndex } from "./object-index.ts";
import { objectKey, type ChangeKind, type Happening, type ObjectSource } from "./objects.ts";

export interface ManifestObjectsOptions {
  readonly objects: readonly AnyObject[];
  readonly onChange: (object: AnyObject, previous: AnyObject | undefined, by: ChangeKind) => void;
  readonly onHappening?: (object: AnyObject, happening: Happening) => void;
}

export class ManifestObjects implements ObjectSource {
  readonly objects = new ObjectIndex();
  readonly #options: ManifestObjectsOptions;

  constructor(options: ManifestObjectsOptions) {
    this.#options = options;
    for (const object of options.objects) this.objects.put(object);
  }

  get(key: ObjectKey): AnyObject | undefined {
    return this.objects.get(key);
  }

  all(kind: Kind): readonly AnyObject[] {
    return this.objects.all(kind);
  }

  refresh(key: ObjectKey): Promise<AnyObject | undefined> {
    return Promise.resolve(this.get(key));
  }

  refreshAll(): Promise<void> {
    return Promise.resolve();
  }

  writeStatus(object: AnyObject, status: Readonly<Record<string, unknown>>): Promise<AnyObject> {
    return this.#put({ ...(this.get(objectKey(object)) ?? object), status } as unknown as AnyObject);
  }

  setFinalizer(object: AnyObject, present: boolean): Promise<AnyObject> {
    const finalizers = present ? [FINALIZER] : [];
    const known = this.get(objectKey(object)) ?? object;
    return this.#put({ ...known, metadata: { ...known.metadata, finalizers } } as AnyObject);
  }

  tell(object: AnyObject, happening: Happening): void {
    this.#options.onHappening?.(object, happening);
  }

  #put(object: AnyObject): Promise<AnyObject> {
    const before = this.get(objectKey(object));
    this.objects.put(object);
    this.#options.onChange(object, before, "own");
    return Promise.resolve(object);
  }
}
