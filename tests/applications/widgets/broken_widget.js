// SPDX-License-Identifier: MIT
"use strict";

throw new Error("the widget broke");
