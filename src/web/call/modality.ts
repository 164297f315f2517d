/**
 * Tells how the focus came to where it is: by Tab, or by a pointer. `:focus-visible` does not: Chromium turns it on for
 * a button focused by mouse as soon as any key is pressed.
 */
export function watchModality(target: EventTarget): { byKeyboard: () => boolean; stop: () => void } {
  // Nobody has pointed at anything yet.
  let keyboard = true;
  const onPointer = () => {
    keyboard = false;
  };
  const onKey = (event: Event) => {
    if (!('key' in event) || event.key !== 'Tab') return;
    // Alt and Tab change the window, Ctrl and Tab the tab, and the focus stays where it is.
    const { altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    if (!altKey && !ctrlKey && !metaKey) keyboard = true;
  };
  // Before anybody can stop the event.
  target.addEventListener('pointerdown', onPointer, true);
  target.addEventListener('keydown', onKey, true);
  return {
    byKeyboard: () => keyboard,
    stop() {
      target.removeEventListener('pointerdown', onPointer, true);
      target.removeEventListener('keydown', onKey, true);
    },
  };
}
