/** Whether the page is in a frame of another one. */
export function isFramed(): boolean {
  return window.parent !== window;
}

/** Chromium's. Firefox and Safari don't tell what a frame may. */
interface PolicyDocument extends Document {
  readonly featurePolicy?: { allowsFeature(feature: string): boolean };
}

/** Returns the words that the frame's `allow` lacks for camera and microphone; empty if it lacks none, or none is known. */
export function missingInAllow(): readonly ('camera' | 'microphone')[] {
  const { featurePolicy }: PolicyDocument = document;
  if (!isFramed() || featurePolicy === undefined) return [];
  return (['camera', 'microphone'] as const).filter((feature) => !featurePolicy.allowsFeature(feature));
}
