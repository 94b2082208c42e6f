"""A writer with many hands: what people of Đắk Lắk send to a police page, each text with what it means."""
