/* The text messages beside the phone: polls those of the number that calls, and sends new ones to the service. */

import { language, say } from "./words.js";
import { $, conf, COST, log, NETWORK, node, now, number, post, slowly, uuid, wait } from "./wire.js";

const POLL_MS = 1500;

const sent = []; // texts sent from this page, which the server's inbox does not list
let shown = "";

export async function poll() {
  const phone = number();
  const answer = phone ? await post(conf.inbox, new URLSearchParams({ phone }).toString()) : { ok: true, text: "[]" };
  if (answer.ok && phone === number()) showInbox(phone, JSON.parse(answer.text));
}

export async function pollForever() {
  for (;;) {
    await poll().catch(() => {});
    await wait(POLL_MS);
  }
}

function showInbox(phone, received) {
  const all = [...received, ...sent.filter((sms) => sms.phone === phone)];
  all.sort((a, b) => new Date(b.at) - new Date(a.at));
  const wanted = JSON.stringify([language(), phone, all]);
  if (wanted === shown) return;
  const known = new Set([...$("inbox").children].map((row) => row.dataset.id));
  const samePhone = $("inbox").dataset.owner === phone;
  $("inbox").replaceChildren(...all.map((sms) => message(sms, !sms.mine && samePhone && !known.has(String(sms.id)))));
  $("inbox").dataset.owner = phone;
  $("no-sms").hidden = all.length > 0;
  $("envelope").hidden = !$("inbox").querySelector(".sms.new");
  shown = wanted;
}

function message(sms, isNew) {
  const row = node("li", (sms.mine ? "sent" : "sms") + (isNew ? " new" : ""), "");
  const at = new Date(sms.at);
  const today = at.toDateString() === new Date().toDateString();
  const style = today ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" };
  const when = node("time", "", at.toLocaleString(language() === "en" ? "en-GB" : "fr", style));
  when.dateTime = sms.at;
  const head = node("div", "head", "");
  head.append(node("b", "", sms.mine ? say(sms.ok ? "sent" : "unsent") : sms.from), when);
  row.dataset.id = sms.id;
  row.append(head, node("p", "", sms.text));
  return row;
}

export async function sendSms() {
  const text = $("sms-text").value;
  const phone = number();
  if (!text.trim() || !phone) return;
  const id = uuid();
  const fields = {
    date: now(), from: phone, id, linkId: uuid(), text, to: conf.shortCode, cost: COST, networkCode: NETWORK,
  };
  $("sms-send").disabled = true;
  await slowly();
  const at = new Date().toISOString();
  const answer = await post(conf.sms, new URLSearchParams(fields).toString());
  $("sms-send").disabled = false;
  if (answer.ok) $("sms-text").value = "";
  sent.push({ id, phone, at, text, mine: true, ok: answer.ok });
  log("SMS", answer.ok ? "Success" : `HTTP ${answer.status}`, answer, text);
  await poll();
}

/* Another caller: the old messages go at once, and the new ones are not news. */
export function emptyInbox() {
  $("inbox").replaceChildren();
  delete $("inbox").dataset.owner;
  shown = "";
  poll();
}
