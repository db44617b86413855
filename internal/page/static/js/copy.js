// Copies text, and says so on the button for a moment.

/** Copies a text. The button, where there is one, says "Copied" for 1.5 s. */
export async function copy(text, button) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = byHand(text);
  }
  document.getElementById('announce').textContent = done ? 'Copied' : 'This browser does not let the page copy.';
  if (!button || button.dataset.was) return;
  const label = button.querySelector('.label') ?? button;
  button.dataset.was = label.textContent;
  label.textContent = done ? 'Copied' : 'Not copied';
  setTimeout(() => {
    label.textContent = button.dataset.was;
    delete button.dataset.was;
  }, 1500);
}

function byHand(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
