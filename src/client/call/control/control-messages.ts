import * as v from 'valibot';

/** Characters of one control message, at most. */
export const CONTROL_CHARACTERS = 1_024;

/** Device pixels, at most: an 8K picture upright. */
export const HEIGHT_MAX = 8_640;

/** How large a picture is shown. */
const Picture = v.object({
  /** Device pixels of the whole picture as displayed; 0: it isn't shown. */
  height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(HEIGHT_MAX)),
  /** Whether it is what the person looks at: pinned, or of whoever speaks. */
  first: v.optional(v.boolean(), false),
});

export type AskedPicture = Readonly<v.InferOutput<typeof Picture>>;

/** What two SDKs tell each other. A type or version that isn't known is ignored. */
const ControlMessage = v.variant('type', [
  /** How large the sender of this message shows the receiver's pictures. */
  v.object({ v: v.literal(1), type: v.literal('shown'), camera: Picture, screen: Picture }),
  /** Which pictures the sender of this message holds back because its uplink is too slow. */
  v.object({ v: v.literal(1), type: v.literal('held'), camera: v.boolean(), screen: v.boolean() }),
]);

export type ControlMessage = v.InferOutput<typeof ControlMessage>;

/** Returns undefined for what isn't a control message of this version. */
export function readControl(data: string): ControlMessage | undefined {
  try {
    const read = v.safeParse(ControlMessage, JSON.parse(data));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

const TYPE = /"type"\s*:\s*"(shown|held)"/;

/**
 * Returns the type of what may be a control message, without parsing it; undefined for anything else. Each message says the
 * whole state of its type, so that a later one of the same type replaces it.
 */
export function controlTypeOf(data: string): ControlMessage['type'] | undefined {
  const type = TYPE.exec(data)?.[1];
  return type === 'shown' || type === 'held' ? type : undefined;
}
