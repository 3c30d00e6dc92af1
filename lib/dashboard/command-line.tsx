import { CopyButton } from './copy-button.tsx';

/** What does the same in a shell, to be copied. */
export function CommandLine({ command, title }: { command: string; title: string }) {
  return (
    <p class="command">
      <code>{command}</code>
      <CopyButton text={command} title={title} />
    </p>
  );
}
