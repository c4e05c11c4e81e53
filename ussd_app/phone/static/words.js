/* The page's own words in French and English, and the count of a text in the GSM alphabet. */

const WORDS = {
  fr: {
    hint: "Composez le code, puis la touche verte.", waiting: "Envoi en cours…", cut: "Session interrompue",
    late: "Session interrompue : délai dépassé", failed: "Problème de connexion ou code IHM non valide.",
    badCode: "Code IHM non valide.", badNumber: "Numéro de téléphone non valide.", same: "Même réponse",
    different: "Réponse différente", resending: "Envoi…", call: "Appeler", answer: "Répondre", clear: "Effacer",
    cancel: "Annuler", ok: "OK", sent: "Envoyé", unsent: "Non envoyé", end: "fin", again: "bis", empty: "(vide)",
    outside: "Hors de l’alphabet GSM :",
  },
  en: {
    hint: "Type the code, then the green key.", waiting: "Sending…", cut: "Session interrupted",
    late: "Session interrupted: timed out", failed: "Connection problem or invalid MMI code.",
    badCode: "Invalid MMI code.", badNumber: "Invalid phone number.", same: "Same answer",
    different: "Different answer", resending: "Sending…", call: "Call", answer: "Reply", clear: "Clear",
    cancel: "Cancel", ok: "OK", sent: "Sent", unsent: "Not sent", end: "end", again: "again", empty: "(empty)",
    outside: "Outside the GSM alphabet:",
  },
};
const GSM = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ" +
  "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const GSM_TWO = new Set("^{}\\[~]|€\f");

let lang = "fr";

export const language = () => lang;
export const say = (word) => WORDS[lang][word];

/* The page is written in French; its English is in data-en (text) and data-en-label (aria-label). */
export function speakIn(chosen) {
  lang = chosen;
  document.documentElement.lang = chosen;
  for (const item of document.querySelectorAll("[data-en]")) {
    item.dataset.fr ??= item.textContent.replace(/[ \n]+/g, " ").trim();
    item.textContent = item.dataset[chosen];
  }
  for (const item of document.querySelectorAll("[data-en-label]")) {
    item.dataset.frLabel ??= item.getAttribute("aria-label");
    item.setAttribute("aria-label", item.dataset[`${chosen}Label`]);
  }
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === chosen));
  }
}

/* A text's length against what one page holds: in septets, or in 16-bit units once a letter is outside GSM 03.38. */
export function measure(text) {
  const outside = [...new Set([...text].filter((char) => !GSM.has(char) && !GSM_TWO.has(char)))];
  const septets = [...text].reduce((sum, char) => sum + (GSM_TWO.has(char) ? 2 : 1), 0);
  if (outside.length) return { label: `${text.length}/70 UCS-2`, over: text.length > 70, outside };
  return { label: `${septets}/160`, over: septets > 160, outside };
}
