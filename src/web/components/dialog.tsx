import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog, open while it is rendered. The browser traps the focus and restores it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const t = useMessages();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const latest = useRef(onClose);
  latest.current = onClose;
  // At once: a key between the rendering and this would go to where the focus was before.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const closeOnBackdrop = (event: MouseEvent) => event.target === element && element.close();
    const handleClose = () => latest.current();
    element.showModal();
    element.addEventListener('click', closeOnBackdrop);
    element.addEventListener('close', handleClose);
    return () => {
      // The `close` event fires later, when another dialog may already be open.
      element.removeEventListener('close', handleClose);
      element.close();
    };
  }, []);
  return (
    // Neither the call's shortcuts nor the panel behind may see a key that is meant for the dialog, such as Escape.
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={titleId}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" class="round" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
          <span class="visually-hidden">{t.close}</span>
        </button>
      </div>
      <div class="body">{children}</div>
    </dialog>
  );
}
