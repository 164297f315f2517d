/** What `shareLink` uses of the browser. */
type Sharer = Partial<Pick<Navigator, 'share' | 'canShare' | 'clipboard'>>;

/** What to tell the person; null if the share sheet said everything. */
export type ShareOutcome = 'copied' | 'copyFailed' | null;

/** Whether the system has a sheet for passing links on to people, as phones do. */
export function hasShareSheet(navigator: Sharer = globalThis.navigator): boolean {
  return typeof navigator.share === 'function';
}

/** Passes a link on to others: by the system's share sheet, else by the clipboard. */
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
      // The person closed the sheet. Any other failure leaves the clipboard.
      if (error instanceof Error && error.name === 'AbortError') return null;
    }
  }
  try {
    await navigator.clipboard?.writeText(url);
    return navigator.clipboard === undefined ? 'copyFailed' : 'copied';
  } catch {
    return 'copyFailed';
  }
}
