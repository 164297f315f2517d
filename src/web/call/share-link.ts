/** The part of `Navigator` that `shareLink` uses. */
type Sharer = Partial<Pick<Navigator, 'share' | 'canShare' | 'clipboard'>>;

/** What to tell the person; null if nothing, because the share sheet was shown. */
export type ShareOutcome = 'copied' | 'copyFailed' | null;

/** Whether the browser can open the system's share sheet, as on phones. */
export function hasShareSheet(navigator: Sharer = globalThis.navigator): boolean {
  return typeof navigator.share === 'function';
}

/** Opens the system's share sheet with the link, or copies it if there is none. */
export async function shareLink(
  url: string,
  title: string,
  navigator: Sharer = globalThis.navigator,
): Promise<ShareOutcome> {
  if (hasShareSheet(navigator)) {
    try {
      await navigator.share?.({ url, title });
      return null;
    } catch (error) {
      // AbortError means that the person closed the sheet. After other failures the link is copied.
      if (error instanceof Error && error.name === 'AbortError') return null;
    }
  }
  return copyLink(url, navigator);
}

export async function copyLink(
  url: string,
  navigator: Sharer = globalThis.navigator,
): Promise<Exclude<ShareOutcome, null>> {
  try {
    await navigator.clipboard?.writeText(url);
    return navigator.clipboard === undefined ? 'copyFailed' : 'copied';
  } catch {
    return 'copyFailed';
  }
}
