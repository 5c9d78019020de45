/** Domain names in certificates: letters, digits, hyphens and underscores; A-labels as they are, never decoded. */

/** The labels in lower case; undefined when `name` is no domain name. One trailing dot is accepted when asked. */
export function dnsLabels(name: string, trailingDot = false): string[] | undefined {
  const text = trailingDot && name.endsWith('.') ? name.slice(0, -1) : name;
  if (text.length === 0 || text.length > 253) return undefined;
  const labels = text.toLowerCase().split('.');
  for (const label of labels) if (!isLabel(label)) return undefined;
  return labels;
}

/** As `dnsLabels`, but the left-most label may be `*`. */
export function patternLabels(name: string): string[] | undefined {
  if (!name.startsWith('*.')) return dnsLabels(name);
  const rest = dnsLabels(name.slice(2));
  return rest === undefined ? undefined : ['*', ...rest];
}

/** Whether `labels` end with all of `suffix`. */
export function endsWith(labels: readonly string[], suffix: readonly string[]): boolean {
  const offset = labels.length - suffix.length;
  if (offset < 0) return false;
  for (let i = 0; i < suffix.length; i++) if (labels[offset + i] !== suffix[i]) return false;
  return true;
}

function isLabel(label: string): boolean {
  if (label.length === 0 || label.length > 63) return false;
  for (let i = 0; i < label.length; i++) {
    const c = label.charCodeAt(i);
    const plain = (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x5f;
    if (!plain && !(c === 0x2d && i > 0 && i < label.length - 1)) return false;
  }
  return true;
}
