import { mount } from 'svelte';
import '../app/tokens.css';
import './phone.css';
import Phone from './Phone.svelte';

const target = document.getElementById('phone');
if (target) mount(Phone, { target });
