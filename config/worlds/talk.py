"""What the customers of the demo world write, and what they are told. `>` marks the agent's lines."""

TALKS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "northwind": (
        ("delivery", "solved", (
            "Hi, my tent was meant to arrive yesterday. Order NW-20931.",
            "> Hi! I can see it left our warehouse on Monday. Let me check with the carrier.",
            "We leave for Abisko on Friday so I am a bit stressed",
            "> I understand. It is in Umeå now and will be with you tomorrow before noon.",
            "Lovely, thank you!",
        )),
        ("warranty", "follow_up", (
            "The left pole snapped the first night we used it.",
            "> That is a rotten start to a trip, I am sorry. Which tent is it?",
            "Fjell 3, bought in May",
            "> That batch has a known fault. A new pole set leaves today, keep the old one.",
        )),
        ("return", "refund", (
            "I would like to return a jacket, wrong size",
            "> Of course. Has it been worn outside?",
            "No, only tried on",
            "> Then the label I just mailed covers it. The money is back within five days of the scan.",
            "Perfect",
        )),
        ("product", "solved", (
            "Is the Ridge 45 pack big enough for four days in huts?",
            "> For huts, yes: you carry no tent and little food. Are you going in winter?",
            "September",
            "> Then 45 litres is right. Have a good trip!",
        )),
        ("delivery", "solved", (
            "Kan jag ändra leveransadressen?",
            "> Ja, paketet har inte lämnat lagret än. Vilken adress ska det gå till?",
            "Storgatan 4, Umeå",
            "> Klart. Du får ett mejl när det skickas.",
            "Tack så mycket!",
        )),
    ),
    "lumen": (
        ("bill", "solved", (
            "My bill doubled this month and nothing changed at home.",
            "> I will look at it. Can you confirm the address on the account?",
            "12 Parade St, Norwood",
            "> Thank you. The last two readings were estimates, this one is actual.",
            "Can I pay it in parts?",
            "> Yes. Three payments of 92.40, the first on 5 December. You will get a mail to confirm.",
        )),
        ("moving", "solved", (
            "Moving on the 14th, what do you need from me?",
            "> The new address and a meter photo on the day you leave.",
            "Unit 3, 40 Grange Rd",
            "> Done. Power is on at the new address from the 14th, 8:00.",
        )),
        ("outage", "technician", (
            "No power in half the house since this morning",
            "> That points to a fault inside. Is the main switch up?",
            "Yes, checked",
            "> A technician can be there between 14:00 and 16:00 today. Shall I book it?",
            "Please do",
            "> Booked. Please leave the switch board accessible.",
        )),
        ("meter", "open", (
            "The meter reading on my bill is not mine, it has six digits, mine has five",
            "> Thank you for checking. Please send a photo of the meter number when you can.",
            "I'm at work, tonight then",
            "> Fine. I am keeping the account on hold until we have it.",
        )),
    ),
}  # fmt: skip
LEFT = (
    "Hello? Anyone there?",
    "How long does a refund take?",
    "Just a quick question about my order",
    "Is there an outage in Unley right now?",
)
