/**
 * Tracks whether the focus was last moved by Tab or by a pointer. `:focus-visible` doesn't tell: Chromium sets it on a
 * button focused by mouse as soon as any key is pressed.
 */
export function watchModality(target: EventTarget): { byKeyboard: () => boolean; stop: () => void } {
  // True until the first pointer event.
  let keyboard = true;
  const onPointer = () => {
    keyboard = false;
  };
  const onKey = (event: Event) => {
    if (!('key' in event) || event.key !== 'Tab') return;
    // Alt+Tab switches windows and Ctrl+Tab switches tabs; neither moves the focus.
    const { altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    if (!altKey && !ctrlKey && !metaKey) keyboard = true;
  };
  // In the capture phase, before any handler can stop the event.
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
