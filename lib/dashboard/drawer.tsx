import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DrawerProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** Details beside the page: modal, closed by Escape, by its button or by a click outside; focus goes back by itself. */
export function Drawer({ title, onClose, children }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return undefined;
    element.showModal();
    const closeOutside = (event: MouseEvent) => {
      if (event.target === element) element.close();
    };
    element.addEventListener('click', closeOutside);
    return () => element.removeEventListener('click', closeOutside);
  }, []);
  return (
    <dialog ref={dialog} class="drawer" aria-labelledby="drawer-title" onClose={onClose}>
      <div class="drawer-body">
        <header>
          <h2 id="drawer-title">{title}</h2>
          <button type="button" class="icon" aria-label="Close" onClick={() => dialog.current?.close()}>
            <svg viewBox="0 0 12 12" width="14" height="14" aria-hidden="true">
              <path d="m2 2 8 8m0-8-8 8" class="stroke" />
            </svg>
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
