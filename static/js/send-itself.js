// <form data-sends-itself>: sent as soon as its page is there; without a script its button does it.
import { behaviour } from "./behaviour.js";

behaviour("form[data-sends-itself]", (form) => form.submit());
